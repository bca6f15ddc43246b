namespace LabelServer.Bundles.Config;

/// <summary>How a config file is written.</summary>
public enum ConfigFormat
{
    /// <summary>JSON (RFC 8259).</summary>
    Json,

    /// <summary>YAML 1.1, the types that Python's safe loader knows.</summary>
    Yaml,
}
