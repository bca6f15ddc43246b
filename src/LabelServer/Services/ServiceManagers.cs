namespace LabelServer.Services;

/// <summary>Tells the system's service manager when the server has started and stops, if one has started it.</summary>
internal static class ServiceManagers
{
    /// <summary>Adds systemd's notifications and the life cycle of a Windows service. Both notice by themselves whether they are needed.</summary>
    public static void AddServiceManagers(this WebApplicationBuilder builder)
    {
        if (Microsoft.Extensions.Hosting.Systemd.SystemdHelpers.IsSystemdService())
            builder.Services.AddSystemd();
        if (OperatingSystem.IsWindows() && Microsoft.Extensions.Hosting.WindowsServices.WindowsServiceHelpers.IsWindowsService())
            builder.Services.AddWindowsService(service => service.ServiceName = ServiceDescription.Name);
    }
}
