namespace NodeMesh.Cli.Cluster;

/// <summary>A cluster cannot do what a command asks. The message says why, and what to do.</summary>
/// <param name="message">The message.</param>
/// <param name="inner">The cause.</param>
internal sealed class ClusterException(string message, Exception? inner = null) : Exception(message, inner);
