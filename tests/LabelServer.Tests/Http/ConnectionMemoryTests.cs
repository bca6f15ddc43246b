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
    public void Rent_ManyAtATime_GivesSmallOnesUntilSomeComeBack()
    {
        using var pool = new ConnectionMemory();
        var large = Enumerable.Range(0, ConnectionMemory.MostBlocks).Select(_ => pool.Rent(100)).ToList();
        Assert.All(large, b => Assert.Equal(ConnectionMemory.BlockLength, b.Memory.Length));

        using var small = pool.Rent(100);
        using var asked = pool.Rent(ConnectionMemory.SmallLength + 1);
        Assert.Equal((ConnectionMemory.SmallLength, ConnectionMemory.BlockLength), (small.Memory.Length, asked.Memory.Length));

        large.ForEach(b => b.Dispose());
        using var again = pool.Rent(100);
        Assert.Contains(again, large);
    }

    [Fact]
    public async Task Server_ReceivesIntoIt()
    {
        await using var server = await StoreServer.StartAsync();
        Assert.IsType<ConnectionMemory.Factory>(server.Services.GetRequiredService<IMemoryPoolFactory<byte>>());
    }
}
