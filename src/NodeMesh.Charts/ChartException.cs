namespace NodeMesh.Charts;

/// <summary>A chart, or the values that it is given, is wrong. The message says where and what to do.</summary>
/// <param name="message">The message.</param>
/// <param name="inner">The cause.</param>
public sealed class ChartException(string message, Exception? inner = null) : Exception(message, inner);
