using LabelServer.Training;

namespace LabelServer.Tests.Training;

public sealed class DataSplitTests
{
    // int((1 - v) n + 0.5) and int(v n + 0.5), worked out by hand: floating point decides 0.8 * 3 + 0.5 = 2.9 and 0.5 * 3 + 0.5 = 2.0.
    [Theory]
    [InlineData(10, 0.2, 8, 2)]
    [InlineData(1, 0.2, 1, 0)]
    [InlineData(2, 0.2, 2, 0)]
    [InlineData(3, 0.2, 2, 1)]
    [InlineData(3, 0.5, 2, 1)]
    [InlineData(5, 0.5, 3, 2)]
    [InlineData(5, 0, 5, 0)]
    [InlineData(5, -1, 5, 0)]
    [InlineData(0, 0.2, 0, 0)]
    public void Divide_CutsInOrderAsMonaiLabelDoes(int count, double part, int training, int validation)
    {
        var (first, second) = DataSplit.Divide(Enumerable.Range(0, count).ToList(), part);
        Assert.Equal(Enumerable.Range(0, training), first);
        Assert.Equal(Enumerable.Range(training, validation), second);
    }
}
