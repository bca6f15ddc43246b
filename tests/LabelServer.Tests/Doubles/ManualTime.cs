namespace LabelServer.Tests.Doubles;

/// <summary>A clock that stands until the test moves it.</summary>
internal sealed class ManualTime(long seconds = 1_700_000_000) : TimeProvider
{
    public DateTimeOffset Now { get; set; } = DateTimeOffset.FromUnixTimeSeconds(seconds);

    public override DateTimeOffset GetUtcNow() => Now;

    public void Advance(double seconds) => Now = Now.AddSeconds(seconds);
}
