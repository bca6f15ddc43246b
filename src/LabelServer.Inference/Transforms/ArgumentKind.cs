using System.Diagnostics.CodeAnalysis;

namespace LabelServer.Inference.Transforms;

/// <summary>Reads one value; false when it has the wrong type.</summary>
public delegate bool ArgumentParser<T>(Bundles.Config.ConfigValue value, [MaybeNullWhen(false)] out T result);

/// <summary>A type of argument: how it is read and how it is called in a message.</summary>
/// <param name="Expected">What is expected, such as "a whole number".</param>
/// <param name="TryParse">Reads a value.</param>
public sealed record ArgumentKind<T>(string Expected, ArgumentParser<T> TryParse);
