using TorchSharp.Modules;
using static TorchSharp.torch;

namespace LabelServer.Learning.Networks;

/// <summary>Turns the dropout of a module on at inference, for Monte-Carlo dropout, and leaves the rest (normalisation above all) in evaluation mode.</summary>
internal static class DropoutSwitch
{
    /// <summary>Turns dropout on or off.</summary>
    /// <param name="module">The network.</param>
    /// <param name="probability">For networks that can set it; the layers of others keep the probability that they were built with. Null turns dropout off.</param>
    /// <param name="seed">What libtorch's random numbers begin with.</param>
    /// <returns>False when there is no dropout to turn on.</returns>
    public static bool Set(nn.Module module, double? probability, long seed)
    {
        var found = false;
        if (module is IDropoutModule own)
        {
            own.UseDropout(probability);
            found = true;
        }
        else
        {
            foreach (var layer in module.modules().Where(IsDropout))
            {
                layer.train(probability is not null);
                found = true;
            }
        }

        if (found && probability is not null)
        {
            using (random.manual_seed(seed))
            {
                // The generator that comes back is a handle on the default one.
            }
        }

        return found;
    }

    private static bool IsDropout(nn.Module module) => module is Dropout or Dropout1d or Dropout2d or Dropout3d or AlphaDropout or FeatureAlphaDropout;
}
