using LabelServer.Inference.Pipelines.Caching;

namespace LabelServer.Inference.Tests.Pipelines.Caching;

public sealed class RecentlyUsedTests
{
    [Fact]
    public void Put_BeyondTheCapacity_DropsTheOneNotUsedForLongest()
    {
        using var values = new RecentlyUsed<Kept>(10);
        var (a, b, c) = (new Kept(), new Kept(), new Kept());
        values.Put("a", a, 4);
        values.Put("b", b, 4);
        values.Find("a");

        values.Put("c", c, 4);

        Assert.Same(a, values.Find("a"));
        Assert.Null(values.Find("b"));
        Assert.Same(c, values.Find("c"));
        Assert.Equal((0, 1, 0), (a.Disposed, b.Disposed, c.Disposed));
        Assert.Equal(8, values.Bytes);
    }

    [Fact]
    public void Put_LargerThanTheCapacity_DisposesItAndKeepsTheOthers()
    {
        using var values = new RecentlyUsed<Kept>(10);
        values.Put("a", new Kept(), 4);
        var large = new Kept();

        values.Put("b", large, 11);

        Assert.Equal(1, large.Disposed);
        Assert.NotNull(values.Find("a"));
    }

    [Fact]
    public void Put_SameKey_DisposesTheOldValue()
    {
        using var values = new RecentlyUsed<Kept>(10);
        var old = new Kept();
        values.Put("a", old, 4);

        values.Put("a", new Kept(), 6);

        Assert.Equal((1, 6L), (old.Disposed, values.Bytes));
    }

    [Fact]
    public void Take_Value_LeavesItToTheCaller()
    {
        var value = new Kept();
        using (var values = new RecentlyUsed<Kept>(10))
        {
            values.Put("a", value, 4);
            Assert.Same(value, values.Take("a"));
            Assert.True(values.IsEmpty);
            Assert.Equal(0, values.Bytes);
        }

        Assert.Equal(0, value.Disposed);
    }

    private sealed class Kept : IDisposable
    {
        public int Disposed { get; private set; }

        public void Dispose() => Disposed++;
    }
}
