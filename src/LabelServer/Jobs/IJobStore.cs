namespace LabelServer.Jobs;

/// <summary>Where jobs are written down. The default is the server's SQLite database; a cluster has a shared one in its place.</summary>
public interface IJobStore
{
    /// <summary>Adds a job, or replaces what is known of it. Durable against the death of the process when it returns.</summary>
    /// <exception cref="State.StateException">It could not be written.</exception>
    void Save(JobRecord job);

    /// <summary>The jobs of a kind, in the order of submission.</summary>
    /// <exception cref="State.StateException">They could not be read.</exception>
    IReadOnlyList<JobRecord> List(string kind);

    /// <summary>Forgets the oldest ended jobs of a kind beyond a number.</summary>
    /// <exception cref="State.StateException">They could not be removed.</exception>
    void Prune(string kind, int keep);
}
