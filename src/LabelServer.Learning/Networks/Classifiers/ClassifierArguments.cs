using LabelServer.Bundles.Config;
using LabelServer.Inference.Networks;

namespace LabelServer.Learning.Networks.Classifiers;

/// <summary>Arguments that all of MONAI's classifiers share.</summary>
internal static class ClassifierArguments
{
    /// <summary>Reads <c>pretrained</c> and <c>progress</c>: weights come from the bundle, and nothing is fetched.</summary>
    /// <exception cref="NetworkUnsupportedException">Pretrained weights are wanted.</exception>
    public static void RefusePretrained(NetworkArguments arguments, ConfigValue.Component definition)
    {
        arguments.Boolean("progress", true);
        if (arguments.Boolean("pretrained", false))
        {
            throw new NetworkUnsupportedException($"{definition.Id} ({definition.Target}): 'pretrained' is true, and weights are not fetched; set it to false and put the weights into the bundle.");
        }
    }
}
