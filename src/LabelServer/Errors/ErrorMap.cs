using System.Collections.Frozen;
using LabelServer.ActiveLearning;
using LabelServer.Auth.Oidc;
using LabelServer.Bundles;
using LabelServer.Bundles.Checkpoints;
using LabelServer.Datastore;
using LabelServer.Imaging;
using LabelServer.Inference;
using LabelServer.Jobs;
using LabelServer.Limits;
using LabelServer.Sessions;
using LabelServer.State;
using LabelServer.Training;

namespace LabelServer.Errors;

/// <summary>Which HTTP status each kind of error gets. The one place where exceptions of all rooms meet HTTP.</summary>
/// <remarks>A type without a row of its own takes the row of its nearest base; without any, the error is unexpected and gets 500. Tests walk all public exception types and this table.</remarks>
public static class ErrorMap
{
    private static readonly FrozenDictionary<Type, int> Rows = new Dictionary<Type, int>
    {
        // The request itself.
        [typeof(BadRequestException)] = StatusCodes.Status400BadRequest,
        [typeof(ForbiddenException)] = StatusCodes.Status403Forbidden,
        [typeof(ResourceNotFoundException)] = StatusCodes.Status404NotFound,
        [typeof(ConflictException)] = StatusCodes.Status409Conflict,
        [typeof(PayloadTooLargeException)] = StatusCodes.Status413PayloadTooLarge,
        [typeof(PackedBodyException)] = StatusCodes.Status415UnsupportedMediaType,
        [typeof(RequestValidationException)] = StatusCodes.Status422UnprocessableEntity,
        [typeof(UploadAllowanceException)] = StatusCodes.Status429TooManyRequests,
        [typeof(NotImplementedHereException)] = StatusCodes.Status501NotImplemented,

        // The log-in.
        [typeof(IdentityProviderException)] = StatusCodes.Status503ServiceUnavailable,

        // Inference and its workers.
        [typeof(ModelUnknownException)] = StatusCodes.Status404NotFound,
        [typeof(ModelNotUsableException)] = StatusCodes.Status409Conflict,
        [typeof(ParameterRefusedException)] = StatusCodes.Status400BadRequest,
        [typeof(ImageRefusedException)] = StatusCodes.Status422UnprocessableEntity,
        [typeof(InferenceMemoryException)] = StatusCodes.Status507InsufficientStorage,
        [typeof(InferenceQueueFullException)] = StatusCodes.Status503ServiceUnavailable,
        [typeof(InferenceTimedOutException)] = StatusCodes.Status504GatewayTimeout,
        [typeof(WorkerUnavailableException)] = StatusCodes.Status503ServiceUnavailable,
        [typeof(WorkerEndedException)] = StatusCodes.Status502BadGateway,
        [typeof(InferenceFailedException)] = StatusCodes.Status500InternalServerError,

        // Images (LabelServer.Imaging).
        [typeof(VolumeFormatException)] = StatusCodes.Status400BadRequest,
        [typeof(VolumeUnsupportedException)] = StatusCodes.Status415UnsupportedMediaType,
        [typeof(VolumeTooLargeException)] = StatusCodes.Status413PayloadTooLarge,
        [typeof(GeometryException)] = StatusCodes.Status422UnprocessableEntity,

        // Bundles and weights (LabelServer.Bundles). Weights are read here when they are uploaded; bundles in the worker and by the commands.
        [typeof(CheckpointException)] = StatusCodes.Status400BadRequest,
        [typeof(BundleException)] = StatusCodes.Status409Conflict,

        // The data store.
        [typeof(ImageNotFoundException)] = StatusCodes.Status404NotFound,
        [typeof(LabelNotFoundException)] = StatusCodes.Status404NotFound,
        [typeof(InvalidNameException)] = StatusCodes.Status400BadRequest,
        [typeof(InvalidInfoException)] = StatusCodes.Status400BadRequest,
        [typeof(UnreadableUploadException)] = StatusCodes.Status400BadRequest,
        [typeof(UnnamedLabelValueException)] = StatusCodes.Status400BadRequest,
        [typeof(LabelGridException)] = StatusCodes.Status409Conflict,
        [typeof(ReadOnlyDatastoreException)] = StatusCodes.Status403Forbidden,
        [typeof(StorageFullException)] = StatusCodes.Status507InsufficientStorage,
        [typeof(DatastoreUnavailableException)] = StatusCodes.Status503ServiceUnavailable,

        // Sessions.
        [typeof(SessionNotFoundException)] = StatusCodes.Status404NotFound,
        [typeof(SessionArchiveException)] = StatusCodes.Status400BadRequest,
        [typeof(SessionsDisabledException)] = StatusCodes.Status406NotAcceptable,

        // Background jobs and the server's state.
        [typeof(JobBusyException)] = StatusCodes.Status429TooManyRequests,
        [typeof(JobStoppedException)] = StatusCodes.Status409Conflict,
        [typeof(StateUnavailableException)] = StatusCodes.Status503ServiceUnavailable,
        [typeof(StateFullException)] = StatusCodes.Status507InsufficientStorage,

        // Training.
        [typeof(TrainerUnknownException)] = StatusCodes.Status404NotFound,
        [typeof(TrainingRefusedException)] = StatusCodes.Status400BadRequest,
        [typeof(TrainingMemoryException)] = StatusCodes.Status507InsufficientStorage,
        [typeof(TrainingWorkerLostException)] = StatusCodes.Status502BadGateway,
        [typeof(TrainingFailedException)] = StatusCodes.Status500InternalServerError,

        // Active learning.
        [typeof(StrategyUnknownException)] = StatusCodes.Status404NotFound,
    }.ToFrozenDictionary();

    /// <summary>All rows.</summary>
    public static IReadOnlyDictionary<Type, int> All => Rows;

    /// <summary>The status of an error, or null when nothing in the table fits: then it is unexpected.</summary>
    /// <param name="error">What was thrown.</param>
    public static int? StatusOf(Exception error)
    {
        for (var type = error.GetType(); type is not null; type = type.BaseType)
        {
            if (Rows.TryGetValue(type, out var status))
                return status;
        }

        return error switch
        {
            BadHttpRequestException bad => bad.StatusCode,
            IOException io when DiskFull.Is(io) => StatusCodes.Status507InsufficientStorage,
            _ => null,
        };
    }
}
