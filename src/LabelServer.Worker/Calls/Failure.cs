using Grpc.Core;
using LabelServer.Bundles;
using LabelServer.Imaging;
using LabelServer.Inference;
using LabelServer.Inference.Networks;
using LabelServer.Inference.Pipelines;
using LabelServer.Inference.SlidingWindow;
using LabelServer.Inference.Transforms;
using LabelServer.Worker.Contract;
#if TORCH
using LabelServer.Learning;
#endif

namespace LabelServer.Worker.Calls;

/// <summary>Which kind of failure each exception is, and the words that go with it.</summary>
internal static class Failure
{
    /// <summary>The trailer that carries the kind.</summary>
    public const string KindKey = "labelserver-kind";

    // A status travels as a header, and headers are bounded.
    private const int MaxText = 4000;

    /// <summary>The error of the call.</summary>
    /// <param name="error">What was thrown.</param>
    /// <param name="image">The image's name, for the message.</param>
    public static RpcException ToRpc(Exception error, string image)
    {
        var kind = KindOf(error);
        var text = kind switch
        {
            FailureKind.Memory => $"The image '{image}' needs more memory than there is ({Shorten(NativeMessage.Of(error), 300)}). Try highres false, sw_batch_size 1, or a machine or device with more memory.",
            FailureKind.Internal => $"The inference of the image '{image}' failed: {error.GetType().Name}: {Sentence(error)} The server's log has the details.",
            _ => error.Message.Contains(image, StringComparison.Ordinal) ? error.Message : $"The image '{image}': {error.Message}",
        };
        return Of(kind, text);
    }

    /// <summary>The error of a training.</summary>
    /// <param name="error">What was thrown.</param>
    /// <param name="bundle">The bundle's name, for the message.</param>
    public static RpcException ToTrainingRpc(Exception error, string bundle)
    {
        var kind = IsOfTraining(error) ? FailureKind.Model
            : error is IOException or UnauthorizedAccessException && !MemoryShortage.IsCauseOf(error) ? FailureKind.Step
            : KindOf(error);
        var text = kind switch
        {
            FailureKind.Memory => $"The training of {bundle} needs more memory than there is ({Shorten(NativeMessage.Of(error), 300)}). Try a smaller train_batch_size, highres false, or a machine with more memory.",
            FailureKind.Step when error is IOException or UnauthorizedAccessException => $"The training of {bundle} cannot write what it saves: {error.Message} What is served stays as it was. Free some space on the disk, or let the server write into the bundle's folder, and train again.",
            FailureKind.Internal => $"The training of {bundle} failed: {error.GetType().Name}: {Sentence(error)} The server's log has the details.",
            _ => error.Message,
        };
        return Of(kind, text);
    }

    /// <summary>The error of an export.</summary>
    /// <param name="error">What was thrown.</param>
    /// <param name="bundle">The bundle's name, for the message.</param>
    public static RpcException ToExportRpc(Exception error, string bundle)
    {
        var kind = KindOf(error);
        var text = kind == FailureKind.Internal ? $"The export of {bundle} failed: {error.GetType().Name}: {Sentence(error)} The log has the details." : NativeMessage.Of(error);
        return Of(kind, text);
    }

    /// <summary>The error of an evaluation.</summary>
    /// <param name="error">What was thrown.</param>
    /// <param name="bundle">The bundle's name, for the message.</param>
    public static RpcException ToEvaluationRpc(Exception error, string bundle)
    {
        var kind = IsOfTraining(error) ? FailureKind.Model : KindOf(error);
        var text = kind switch
        {
            FailureKind.Memory => $"The evaluation of {bundle} needs more memory than there is ({Shorten(NativeMessage.Of(error), 300)}). Try a smaller sw_batch_size, highres false, or a machine with more memory.",
            FailureKind.Internal => $"The evaluation of {bundle} failed: {error.GetType().Name}: {Sentence(error)}",
            _ => error.Message,
        };
        return Of(kind, text);
    }

    /// <summary>The kind of an exception.</summary>
    public static FailureKind KindOf(Exception error) => MemoryShortage.IsCauseOf(error) ? FailureKind.Memory : error switch
    {
        ImagingException or TransformException or SlidingWindowException => FailureKind.Image,
        InferenceParameterException => FailureKind.Parameter,
        BundleException or ModelMissingException or BundleUnsupportedException or TransformConfigException or NetworkUnsupportedException or NetworkWeightsException => FailureKind.Model,
        InferenceException => FailureKind.Step,
        _ => FailureKind.Internal,
    };

    private static RpcException Of(FailureKind kind, string text) => new(new Status(StatusOf(kind), Shorten(text, MaxText)), new Metadata { { KindKey, kind.ToString() } });

    private static bool IsOfTraining(Exception error) =>
#if TORCH
        error is LearningException ||
#endif
        error is BundleException;

    private static StatusCode StatusOf(FailureKind kind) => kind switch
    {
        FailureKind.Image or FailureKind.Parameter => StatusCode.InvalidArgument,
        FailureKind.Model => StatusCode.FailedPrecondition,
        FailureKind.Memory => StatusCode.ResourceExhausted,
        FailureKind.Step => StatusCode.Aborted,
        _ => StatusCode.Internal,
    };

    private static string Sentence(Exception error) => NativeMessage.Of(error).TrimEnd('.', ' ') + ".";

    private static string Shorten(string text, int length) => text.Length <= length ? text : string.Concat(text.AsSpan(0, length), "…");
}
