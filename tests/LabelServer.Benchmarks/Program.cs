using BenchmarkDotNet.Running;
using LabelServer.Benchmarks.Scenarios;

// "scenario NAME [--json FILE]" measures whole requests; everything else goes to BenchmarkDotNet, such as "--filter *Resampling*".
return args is ["scenario", .. var rest]
    ? await ScenarioCommand.RunAsync(rest, CancellationToken.None)
    : BenchmarkSwitcher.FromAssembly(typeof(ScenarioCommand).Assembly).Run(args).Any() ? 0 : 1;
