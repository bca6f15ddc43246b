using System.Runtime.InteropServices;
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

    [Fact]
    public void NativeMessages_ReachPeopleWithoutTheirCallStack()
    {
        var native = new NativeError("Expected number of channels to be divisible by num_groups\nException raised from check_group_norm_inputs at a.cpp:32\nframe #0: c10::Error::Error(c10::SourceLocation) + 0x8c");
        var memory = new NativeError("[enforce fail at alloc_cpu.cpp:127] can't allocate memory: you tried to allocate 9 bytes\nframe #0: c10::ThrowEnforceNotMet");
        foreach (var error in new[] { native, memory })
        {
            string[] texts =
            [
                Failure.ToRpc(error, "spleen_3").Status.Detail, Failure.ToTrainingRpc(error, "spleen").Status.Detail,
                Failure.ToEvaluationRpc(error, "spleen").Status.Detail, Failure.ToExportRpc(error, "spleen").Status.Detail,
            ];
            Assert.All(texts, text => Assert.DoesNotContain("frame #", text, StringComparison.Ordinal));
            Assert.All(texts, text => Assert.Contains(error.Message.Split('\n')[0], text, StringComparison.Ordinal));
        }
    }

    [Fact]
    public void NativeMessage_OfATorchScript_IsItsReason()
    {
        var error = new NativeError("The following operation failed in the TorchScript interpreter.\nTraceback of TorchScript, serialized code (most recent call last):\n  File \"x.py\", line 3\nRuntimeError: Given groups=1, expected 1 channel\nframe #0: x");
        Assert.Equal("Given groups=1, expected 1 channel", NativeMessage.Of(error));
    }

    // As TorchSharp reports what libtorch throws.
    private sealed class NativeError(string message) : ExternalException(message);
}
