using LabelServer.Inference.Networks;
using LabelServer.Inference.Pipelines;
using LabelServer.Inference.SlidingWindow;
using LabelServer.Inference.Transforms;
using LabelServer.Worker.Calls;
using LabelServer.Worker.Contract;

namespace LabelServer.Worker.Tests.Calls;

public sealed class FailureTests
{
    [Fact]
    public void KindOf_AnImageThatTheModelCannotTake_IsTheImagesFault()
    {
        Assert.Equal(FailureKind.Image, Failure.KindOf(new TransformException("Step Spacingd failed for a.nii.gz: too large")));
        Assert.Equal(FailureKind.Image, Failure.KindOf(new SlidingWindowException("The network expects 1 channel(s), the preprocessed image has 5.")));
    }

    [Fact]
    public void KindOf_AParameterIsTheRequestsFault_AndANetworkThatFailsIsAStep()
    {
        Assert.Equal(FailureKind.Parameter, Failure.KindOf(new InferenceParameterException("roi_size [33, 33, 33] does not suit the model")));
        Assert.Equal(FailureKind.Step, Failure.KindOf(new NetworkException("failed on a batch")));
    }
}
