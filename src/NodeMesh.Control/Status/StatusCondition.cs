namespace NodeMesh.Control.Status;

/// <summary>A condition, without its time, which the writer knows.</summary>
/// <param name="Type"><c>Accepted</c>: it is valid and taken in; <c>Enforced</c>: it does exactly what it says.</param>
/// <param name="Status">Whether it holds.</param>
/// <param name="Reason">A word for programs.</param>
/// <param name="Message">A sentence for people.</param>
public sealed record StatusCondition(string Type, bool Status, string Reason, string Message);
