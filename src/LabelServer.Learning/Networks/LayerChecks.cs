using LabelServer.Inference.Networks;

namespace LabelServer.Learning.Networks;

/// <summary>Refuses layers that libtorch would refuse later, in the middle of an image and in words about tensors.</summary>
internal static class LayerChecks
{
    /// <summary>Requires channels on both sides of a convolution.</summary>
    /// <exception cref="NetworkUnsupportedException">There are none; names the arguments that they come from.</exception>
    public static void RequireChannels(int inChannels, int outChannels)
    {
        if (inChannels < 1 || outChannels < 1)
        {
            throw new NetworkUnsupportedException(
                $"A convolution would have {inChannels} channels in and {outChannels} out; in_channels, out_channels and the channels, features or filters of each level must be at least 1, and not beyond what a number holds.");
        }
    }

    /// <summary>Requires a normalisation for the channels that it gets.</summary>
    /// <param name="spec">The layer.</param>
    /// <param name="argument">The argument that says how many channels it has.</param>
    /// <param name="channels">The channels that it gets.</param>
    /// <exception cref="NetworkUnsupportedException">It is for another number.</exception>
    public static void RequireOwnChannels(LayerSpec spec, string argument, int channels)
    {
        if (spec.Integer(argument, channels) is var given && given != channels)
        {
            throw new NetworkUnsupportedException($"The layer {spec.Name} has '{argument}' = {given} where the network has {channels} channels; leave it out.");
        }
    }

    /// <summary>Requires groups that the channels can be divided into.</summary>
    /// <exception cref="NetworkUnsupportedException">They cannot.</exception>
    public static void RequireGroups(int groups, int channels)
    {
        if (groups < 1 || channels % groups != 0)
        {
            throw new NetworkUnsupportedException(
                $"The layer GROUP has 'num_groups' = {groups}, into which {channels} channels cannot be divided; choose another num_groups, or numbers of channels that are multiples of it.");
        }
    }
}
