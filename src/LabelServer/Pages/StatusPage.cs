using System.Net;
using System.Text;
using LabelServer.Datastore;
using LabelServer.Hosting;
using LabelServer.Info;
using LabelServer.Models;

namespace LabelServer.Pages;

/// <summary>The page at <c>/</c>: what this server offers and what a person should know. Loads nothing from elsewhere.</summary>
internal sealed class StatusPage(ServerInfo info, ModelCatalog catalog, IDatastore datastore, ServerOptions options)
{
    /// <summary>The page as HTML.</summary>
    /// <param name="basePath">Where a proxy has put the server; empty for the root.</param>
    /// <param name="isForStrangers">Whether who looks at it has not logged in although one should: then it says no more than that there is a server.</param>
    public string ToHtml(string basePath, bool isForStrangers)
    {
        var html = new StringBuilder();
        html.Append($$"""
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>{{Text(info.Name)}}</title>
            <style>
              body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: #1c2733; background: #fff; }
              h1 { font-size: 1.5rem; } h2 { font-size: 1.1rem; margin-top: 2rem; }
              table { border-collapse: collapse; width: 100%; } th, td { text-align: left; vertical-align: top; padding: .4rem .8rem .4rem 0; border-bottom: 1px solid #d7dee6; }
              .warning { background: #fff4d6; border-left: .3rem solid #c78500; padding: .6rem 1rem; margin: .6rem 0; overflow-wrap: anywhere; }
              @media (prefers-color-scheme: dark) { body { color: #dde5ee; background: #14191f; } th, td { border-color: #39434e; } .warning { background: #3a2f10; } a { color: #7db7ff; } }
            </style>
            </head>
            <body>
            <h1>{{Text(info.Name)}}</h1>
            <p>Enter the address of this page as server in 3D Slicer's MONAI Label panel.</p>

            """);
        if (isForStrangers)
            html.Append("<p>A log-in is needed: in 3D Slicer leave the user name as it is and enter your API key as password, or the name and password of your organisation.</p>\n");
        else
            AppendContents(html);
        html.Append($"""
            <h2>More</h2>
            <p><a href="{Text(basePath)}/docs">API reference</a> · <a href="{Text(basePath)}/openapi.json">openapi.json</a> · <a href="{Text(basePath)}{options.ApiPrefix}/info/">info</a> · <a href="{Text(basePath)}{options.ApiPrefix}/logs/?refresh=3">log</a></p>
            </body>
            </html>

            """);
        return html.ToString();
    }

    private void AppendContents(StringBuilder html)
    {
        var statistics = datastore.Statistics;
        foreach (var warning in info.Warnings())
            html.Append($"<div class=\"warning\">{Text(warning)}</div>\n");
        html.Append($"<h2>Studies</h2>\n<p>{statistics.Total} images, {statistics.Completed} with a submitted label.</p>\n");
        html.Append("<h2>Models</h2>\n<table>\n<tr><th>name</th><th>labels</th><th>description</th><th>state</th></tr>\n");
        foreach (var model in catalog.Models)
        {
            var use = model.IntendedUse.Length > 0 ? $"<br>Intended use: {Text(model.IntendedUse)}" : string.Empty;
            html.Append($"<tr><td>{Text(model.Id)} {Text(model.Version)}</td><td>{model.Labels.Count}</td><td>{Text(model.Description)}{use}</td><td>{(model.IsUsable ? "ready" : "cannot run, see above")}</td></tr>\n");
        }

        html.Append("</table>\n");
    }

    private static string Text(string text) => WebUtility.HtmlEncode(text);
}
