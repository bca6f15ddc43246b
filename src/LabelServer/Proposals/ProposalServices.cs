using LabelServer.Apps;
using LabelServer.Hosting;
using LabelServer.Inference;

namespace LabelServer.Proposals;

/// <summary>Adds what keeps proposals.</summary>
internal static class ProposalServices
{
    /// <summary>Adds the store and the inference of stored images, which fills it.</summary>
    /// <exception cref="ServerOptionsException">A setting is wrong.</exception>
    public static IServiceCollection AddProposals(this IServiceCollection services, ServerOptions options, AppDeclaration app)
    {
        services.AddSingleton(ProposalSettings.From(options.ConfOver(app)));
        services.AddSingleton<ProposalStore>();
        services.AddSingleton<StoredImageInference>();
        return services;
    }

    /// <summary>The app's defaults of <c>--conf</c> with what was given on the command line over them.</summary>
    public static IReadOnlyDictionary<string, string> ConfOver(this ServerOptions options, AppDeclaration app) =>
        app.Conf.Concat(options.Conf).GroupBy(c => c.Key, StringComparer.Ordinal).ToDictionary(c => c.Key, c => c.Last().Value, StringComparer.Ordinal);
}
