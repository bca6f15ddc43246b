namespace LabelServer.Inference.Networks;

/// <summary>A network whose dropout can stay on at inference (Gal, Ghahramani 2016, arXiv:1506.02142): then repeated runs differ, and how much they do measures what the network does not know.</summary>
public interface IDropoutNetwork : INetwork
{
    /// <summary>Turns dropout on or off. Everything else, such as normalisation, stays as at inference.</summary>
    /// <param name="probability">The share that is dropped, above 0 and below 1; null turns it off.</param>
    /// <param name="seed">What the random numbers begin with; the same seed gives the same runs on the same device.</param>
    /// <returns>False when the network has no place where dropout acts.</returns>
    bool UseDropout(double? probability, long seed);
}
