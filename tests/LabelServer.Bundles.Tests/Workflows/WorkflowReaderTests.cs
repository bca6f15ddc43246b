using LabelServer.Bundles.Config;
using LabelServer.Bundles.Workflows;

namespace LabelServer.Bundles.Tests.Workflows;

public sealed class WorkflowReaderTests
{
    private const string Engines = """
        "train": { "trainer": { "_target_": "SupervisedTrainer", "max_epochs": 2 } },
        "validate": { "evaluator": { "_target_": "SupervisedEvaluator" } },
        "checkpointloader": { "_target_": "CheckpointLoader", "load_path": "models/model.pt" }
        """;

    [Fact]
    public void Read_OlderBundle_RunsTheListOfItsId()
    {
        var workflow = Read("""
            "training": ["$monai.utils.set_determinism(seed=7)", "$setattr(torch.backends.cudnn, 'benchmark', True)", "$@train#trainer.run()"]
            """, new WorkflowIds("training"));

        Assert.Equal([WorkflowKind.Training], workflow.Steps.Select(s => s.Kind));
        Assert.Equal(7, workflow.Seed);
    }

    [Fact]
    public void Read_IdOfOlderBundlesInANewerOne_IsRunWhenItDoesThat()
    {
        const string newer = """ "initialize": ["$monai.utils.set_determinism(0)"], "run": ["$@train#trainer.run()"] """;

        Assert.Equal([WorkflowKind.Training], Read(newer, new WorkflowIds("training")).Steps.Select(s => s.Kind));
        Assert.Throws<WorkflowException>(() => Read(newer, new WorkflowIds("evaluating")));
    }

    [Fact]
    public void Read_RunOfAnOlderBundle_IsItsOnlyId()
    {
        Assert.Equal([WorkflowKind.Evaluation], Read(""" "evaluating": "$@validate#evaluator.run()" """, new WorkflowIds()).Steps.Select(s => s.Kind));
    }

    [Fact]
    public void Read_LoaderCalledAtTheBeginning_IsKept()
    {
        var workflow = Read(""" "initialize": ["$@checkpointloader(@validate#evaluator) if True else None"], "run": ["$@validate#evaluator.run()"] """, new WorkflowIds());

        Assert.Equal("checkpointloader", Assert.Single(workflow.Loaders).Id);
    }

    [Fact]
    public void Read_ExpressionsThatAreNotDone_AreAllNamed()
    {
        var error = Assert.Throws<WorkflowException>(() => Read(
            """ "imports": ["$import scripts"], "initialize": ["$scripts.prepare(@train)", "$open('x')"], "run": ["$@train#trainer.run()"] """, new WorkflowIds()));

        Assert.Contains("bundle 'test'", error.Message, StringComparison.Ordinal);
        Assert.Contains("'initialize#0'", error.Message, StringComparison.Ordinal);
        Assert.Contains("scripts.prepare", error.Message, StringComparison.Ordinal);
        Assert.Contains("open('x')", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_OtherEngine_IsNamed()
    {
        var error = Assert.Throws<WorkflowException>(() => Read(""" "gan": { "_target_": "GanTrainer" }, "run": ["$@gan.run()"] """, new WorkflowIds()));

        Assert.Contains("GanTrainer", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_IdThatRunsNothing_SaysSo()
    {
        Assert.Contains("nothing under 'run'", Assert.Throws<WorkflowException>(() => Read(""" "run": ["$import os"] """, new WorkflowIds())).Message, StringComparison.Ordinal);
    }

    private static Workflow Read(string more, WorkflowIds ids) =>
        new WorkflowReader("test", new ConfigResolver(ConfigDocument.Parse($"{{ {Engines}, {more} }}", ConfigFormat.Json), new ConfigResolverOptions { BundleName = "test" })).Read(ids);
}
