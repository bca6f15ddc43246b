using LabelServer.Http;
using LabelServer.Tests.Doubles;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.DependencyInjection;

namespace LabelServer.Tests.Http;

public sealed class ConnectionMemoryTests
{
    [Fact]
    public void Rent_SmallOrUnsaid_GivesAWholeBlock()
    {
        using var pool = new ConnectionMemory();
        using var unsaid = pool.Rent();
        using var small = pool.Rent(100);

        Assert.Equal((ConnectionMemory.BlockLength, ConnectionMemory.BlockLength), (unsaid.Memory.Length, small.Memory.Length));
        Assert.False(unsaid.Memory.Equals(small.Memory));
        Assert.Throws<ArgumentOutOfRangeException>(() => pool.Rent(ConnectionMemory.BlockLength + 1));
    }

    [Fact]
    public void Dispose_Twice_GivesABlockBackOnce()
    {
        using var pool = new ConnectionMemory();
        var first = pool.Rent();
        first.Dispose();
        first.Dispose();

        using var again = pool.Rent();
        using var other = pool.Rent();
        Assert.Same(first, again);
        Assert.NotSame(first, other);
    }

    [Fact]
    public void Dispose_ManyBlocks_KeepsOnlySome()
    {
        using var pool = new ConnectionMemory();
        var blocks = Enumerable.Range(0, ConnectionMemory.KeptBlocks + 10).Select(_ => pool.Rent()).ToList();
        blocks.ForEach(b => b.Dispose());

        var again = Enumerable.Range(0, blocks.Count).Select(_ => pool.Rent()).ToList();
        Assert.Equal(ConnectionMemory.KeptBlocks, again.Intersect(blocks).Count());
        again.ForEach(b => b.Dispose());
    }

    [Fact]
    public async Task Server_ReceivesIntoIt()
    {
        await using var server = await StoreServer.StartAsync();
        Assert.IsType<ConnectionMemory.Factory>(server.Services.GetRequiredService<IMemoryPoolFactory<byte>>());
    }
}
