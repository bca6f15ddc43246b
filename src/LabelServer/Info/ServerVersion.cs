using System.Reflection;

namespace LabelServer.Info;

/// <summary>The version of this program.</summary>
public static class ServerVersion
{
    /// <summary>The version for people, such as <c>0.1.0</c>, without the hash of the source.</summary>
    public static string Text { get; } = (typeof(ServerVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0.0.0").Split('+')[0];
}
