namespace LabelServer.OpenApi;

/// <summary>Query parameters that several endpoints share.</summary>
internal static class TaskParameters
{
    /// <summary><c>all</c> and <c>check_if_running</c>.</summary>
    public static IReadOnlyList<QueryParameter> Status { get; } =
    [
        new("all", QueryKind.Boolean, "List every task of this kind") { Default = "false" },
        new("check_if_running", QueryKind.Boolean, "Answer the running task, or 404") { Default = "false" },
    ];

    /// <summary><c>run_sync</c>.</summary>
    public static QueryParameter RunSync { get; } = new("run_sync", QueryKind.Boolean, "Answer when the task has ended") { Default = "false" };

    /// <summary><c>enqueue</c>.</summary>
    public static QueryParameter Enqueue { get; } = new("enqueue", QueryKind.Boolean, "Wait for the task that is running") { Default = "false" };
}
