namespace NodeMesh.Model.Traffic;

/// <summary>What a health check asks.</summary>
public enum HealthCheckKind
{
    /// <summary>A GET.</summary>
    Http,

    /// <summary>Whether a connection can be made.</summary>
    Tcp,

    /// <summary><c>grpc.health.v1.Health/Check</c>.</summary>
    Grpc,
}
