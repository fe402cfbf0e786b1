namespace NodeMesh.Compare.Running;

/// <summary>The comparison cannot go on; the message says what is missing and what to do.</summary>
internal sealed class CompareException(string message) : Exception(message);
