using LabelServer.Datastore.Checks;

namespace LabelServer.Tests.Datastore;

public sealed class LabelValuesTests
{
    [Theory]
    [InlineData(new sbyte[0], new long[0])]
    [InlineData(new sbyte[] { 0, 0, 0 }, new long[0])]
    [InlineData(new sbyte[] { 5 }, new long[] { 5 })]
    [InlineData(new sbyte[] { -128, 0, 0, 127, 127, 3, 3, 3, 0 }, new long[] { -128, 3, 127 })]
    public void Of_FewSamples(sbyte[] samples, long[] values) => Assert.Equal(values, LabelValues.Of<sbyte>(samples));

    [Fact]
    public void Of_RunsOfEveryLength_FindsTheValueBehindEach()
    {
        // Value n stands once, behind n zeros: at every place that a vector of any width may end.
        var samples = Enumerable.Range(1, 200).SelectMany(n => Enumerable.Repeat((ushort)0, n).Append((ushort)n)).ToArray();

        Assert.Equal(Enumerable.Range(1, 200).Select(n => (long)n), LabelValues.Of<ushort>(samples));
    }
}
