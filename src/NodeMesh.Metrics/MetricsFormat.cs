namespace NodeMesh.Metrics;

/// <summary>The text formats that Prometheus scrapes.</summary>
public enum MetricsFormat
{
    /// <summary>Prometheus text format 0.0.4.</summary>
    PrometheusText,

    /// <summary>OpenMetrics text format 1.0.0.</summary>
    OpenMetrics,
}
