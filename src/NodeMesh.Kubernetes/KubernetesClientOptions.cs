using Microsoft.Extensions.Logging;

namespace NodeMesh.Kubernetes;

/// <summary>How a client behaves.</summary>
public sealed record KubernetesClientOptions
{
    /// <summary>How long a request may take with all its attempts. Default 30 s; a watch's and a log's counts to their beginning.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a connection may take to come about. Default 10 s.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>After how much silence on a connection in use the server is pinged (HTTP/2). Default 15 s.</summary>
    public TimeSpan PingDelay { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How long the answer to a ping may take before the connection counts as dead. Default 15 s.</summary>
    public TimeSpan PingTimeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How long a watch lasts before the server is asked for a new one; drawn between this and twice this. Default 5 min.</summary>
    public TimeSpan WatchTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How the client calls itself in the API server's log.</summary>
    public string UserAgent { get; init; } = "nodemesh";

    /// <summary>The name under which it owns fields (server-side apply, managedFields). Default <c>nodemesh</c>.</summary>
    public string FieldManager { get; init; } = "nodemesh";

    /// <summary>Where it logs; nowhere when missing.</summary>
    public ILoggerFactory? LoggerFactory { get; init; }

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}
