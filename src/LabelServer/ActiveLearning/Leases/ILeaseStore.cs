using LabelServer.Annotators;

namespace LabelServer.ActiveLearning.Leases;

/// <summary>Which images are reserved for whom. Each image's leases have one owner, who decides about them alone: the embedded one is the state database; in a cluster it is wherever the image lives.</summary>
public interface ILeaseStore
{
    /// <summary>The leases that have not lapsed. Others may come at the same moment: only <see cref="TryTakeAsync"/> decides.</summary>
    /// <exception cref="State.StateException">They cannot be read.</exception>
    Task<IReadOnlyList<Lease>> LiveAsync(DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Reserves an image, or prolongs the reservation of one who has it.</summary>
    /// <param name="imageId">The image.</param>
    /// <param name="holder">For whom.</param>
    /// <param name="places">How many may have the image at a time, at least 1.</param>
    /// <param name="now">The present time.</param>
    /// <param name="until">When it lapses.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>False when others have all places.</returns>
    /// <exception cref="State.StateException">It cannot be written.</exception>
    Task<bool> TryTakeAsync(string imageId, Annotator holder, int places, DateTimeOffset now, DateTimeOffset until, CancellationToken cancellationToken);

    /// <summary>Prolongs what a client has of an image; nothing happens when it has nothing, or when it has lapsed.</summary>
    /// <exception cref="State.StateException">It cannot be written.</exception>
    Task RenewAsync(string imageId, Annotator by, DateTimeOffset now, DateTimeOffset until, CancellationToken cancellationToken);

    /// <summary>Gives back what a client has of an image.</summary>
    /// <exception cref="State.StateException">It cannot be written.</exception>
    Task ReleaseAsync(string imageId, Annotator by, CancellationToken cancellationToken);
}
