namespace LabelServer.State;

/// <summary>The tables of one feature in the state database. Each feature registers its own, so that none needs to know of the others.</summary>
/// <param name="Feature">The feature's name, for ever: <c>jobs</c>, <c>leases</c>.</param>
/// <param name="Steps">
/// SQL texts in order. A database at step n gets the texts after the n-th, in one transaction. A text that was released is never changed: what is to be different comes as a further step.
/// </param>
internal sealed record StateSchema(string Feature, IReadOnlyList<string> Steps);
