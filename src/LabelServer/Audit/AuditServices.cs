using LabelServer.Hosting;

namespace LabelServer.Audit;

/// <summary>Adds the audit log to the server's services.</summary>
internal static class AuditServices
{
    /// <summary>Adds it.</summary>
    public static void AddAudit(this IServiceCollection services, ServerOptions options)
    {
        services.AddSingleton(AuditOptions.From(options));
        services.AddSingleton<AuditLog>();
    }
}
