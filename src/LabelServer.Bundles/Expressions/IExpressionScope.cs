using LabelServer.Bundles.Config;

namespace LabelServer.Bundles.Expressions;

/// <summary>The names that an expression can see.</summary>
public interface IExpressionScope
{
    /// <summary>The value of <c>@id</c>.</summary>
    /// <param name="id">As written, without the sign; may be relative.</param>
    /// <exception cref="ConfigException">There is no such value, or it refers back to itself.</exception>
    ConfigValue Reference(string id);

    /// <summary>The full dotted name of what an import of the config bound to a name: <c>ndimage</c> is <c>scipy.ndimage</c> after <c>from scipy import ndimage</c>. Null when nothing did.</summary>
    string? Import(string name);
}
