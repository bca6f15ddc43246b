using LabelServer.BundleRuns;
using LabelServer.Bundles.Workflows;
using LabelServer.Testing;

namespace LabelServer.Tests.BundleRuns;

public sealed class BundleRunPlannerTests
{
    private static readonly string Bundle = Path.Combine(SharedFolders.Repository, "models", "wholeBody_ct_segmentation");

    [Theory]
    [InlineData(WorkflowKind.Training, "train::trainer", "training", "--config_file", "configs/train.json")]
    [InlineData(WorkflowKind.Training, "train::trainer", "--config_file", "configs/train.json")]
    [InlineData(WorkflowKind.Evaluation, "validate::evaluator", "evaluating", "--config_file", "['configs/train.json','configs/evaluate.json']")]
    [InlineData(WorkflowKind.Evaluation, "evaluator", "evaluating", "--config_file", "configs/inference.json")]
    public void Plan_TheModelCardsCommands_RunTheirEngine(WorkflowKind kind, string engine, params string[] words)
    {
        var plan = BundleRunPlanner.Plan(BundleRunArgumentsReader.Read([.. words, "--meta_file", "configs/metadata.json", "--logging_file", "configs/logging.conf"]), Bundle);

        var step = Assert.Single(plan.Workflow.Steps);
        Assert.Equal(kind, step.Kind);
        Assert.Equal(engine, step.Engine.Id);
        Assert.Equal(Bundle, plan.Folder);
    }

    [Theory]
    [InlineData("multi_gpu_train.json", "training", "--config_file", "['configs/train.json','configs/multi_gpu_train.json']")]
    [InlineData("multi_gpu_evaluate.json", "evaluating", "--config_file", "['configs/train.json','configs/evaluate.json','configs/multi_gpu_evaluate.json']")]
    public void Plan_SeveralGpus_IsRefusedWithTheFileToLeaveOut(string file, params string[] words)
    {
        var error = Assert.Throws<BundleRunException>(() => BundleRunPlanner.Plan(BundleRunArgumentsReader.Read(words), Bundle));

        Assert.Contains("not built yet", error.Message, StringComparison.Ordinal);
        Assert.EndsWith($"without {file}.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Plan_FromAnotherFolder_FindsTheBundleAroundTheConfig()
    {
        var plan = BundleRunPlanner.Plan(BundleRunArgumentsReader.Read(["training", "--config_file", Path.Combine(Bundle, "configs", "train.json")]), Path.GetTempPath());

        Assert.Equal(Bundle, plan.Folder);
    }

    [Fact]
    public void Plan_BundleByName_IsTheOneInModels()
    {
        var plan = BundleRunPlanner.Plan(BundleRunArgumentsReader.Read(["--bundle", "wholeBody_ct_segmentation", "--config_file", "configs/train.json"]), Path.GetTempPath());

        Assert.Equal(Bundle, plan.Folder);
        Assert.Equal(123, plan.Workflow.Seed);
    }

    [Fact]
    public void Plan_MissingConfig_NamesWhereItWasLookedFor()
    {
        var error = Assert.Throws<BundleRunException>(() => BundleRunPlanner.Plan(BundleRunArgumentsReader.Read(["--config_file", "configs/none.json"]), Bundle));

        Assert.Contains(Path.Combine(Bundle, "configs", "none.json"), error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Plan_UnknownId_OffersThoseThatRun()
    {
        var error = Assert.Throws<WorkflowException>(() => BundleRunPlanner.Plan(BundleRunArgumentsReader.Read(["validating", "--config_file", "configs/train.json"]), Bundle));

        Assert.Contains("no 'validating' in train.json. It can run: run, training.", error.Message, StringComparison.Ordinal);
    }
}
