namespace NodeMesh.Kubernetes.Configuration;

/// <summary>Where the API server is, whom to trust, and who we are.</summary>
public sealed record KubernetesClientConfiguration
{
    /// <summary>The API server.</summary>
    public required Uri Host { get; init; }

    /// <summary>The namespace of whoever names none.</summary>
    public string Namespace { get; init; } = "default";

    /// <summary>The context of the kubeconfig; null inside a cluster.</summary>
    public string? CurrentContext { get; init; }

    /// <summary>Takes any server for the right one. For experiments.</summary>
    public bool SkipTlsVerify { get; init; }

    /// <summary>The name to find in the server's certificate instead of the host's.</summary>
    public string? TlsServerName { get; init; }

    /// <summary>The authorities to trust; the machine's own when missing.</summary>
    public PemSource? CertificateAuthority { get; init; }

    /// <summary>Our certificate.</summary>
    public PemSource? ClientCertificate { get; init; }

    /// <summary>Its key.</summary>
    public PemSource? ClientKey { get; init; }

    /// <summary>A token.</summary>
    public string? AccessToken { get; init; }

    /// <summary>A file with a token, read again as it changes; wins over <see cref="AccessToken"/> while it can be read.</summary>
    public string? TokenFile { get; init; }

    /// <summary>For basic authentication (API servers before 1.19, and proxies in front).</summary>
    public string? Username { get; init; }

    /// <summary>For basic authentication.</summary>
    public string? Password { get; init; }

    /// <summary>A program that tells the credentials.</summary>
    public ExecConfiguration? Exec { get; init; }

    /// <summary>Whom to act as.</summary>
    public Impersonation? Impersonate { get; init; }

    /// <summary>An HTTP proxy before the API server; the environment's (HTTPS_PROXY, NO_PROXY) when missing.</summary>
    public Uri? Proxy { get; init; }

    /// <summary>Does not ask for compressed answers.</summary>
    public bool DisableCompression { get; init; }

    /// <summary>What a program does that may run anywhere: the given file, else KUBECONFIG, else <c>~/.kube/config</c>, else the cluster that it runs in.</summary>
    /// <param name="kubeConfigPath">A kubeconfig that alone counts.</param>
    /// <param name="context">A context; the file's own when missing.</param>
    /// <returns>The configuration.</returns>
    /// <exception cref="KubeConfigException">There is none, or it cannot be used.</exception>
    public static KubernetesClientConfiguration BuildDefaultConfig(string? kubeConfigPath = null, string? context = null)
    {
        var files = KubeConfigFiles.Find(kubeConfigPath);
        return files.Length == 0 && kubeConfigPath is null && context is null && IsInCluster()
            ? InClusterConfig()
            : KubeConfigFiles.Load(files).Select(context);
    }

    /// <summary>Reads kubeconfig files.</summary>
    /// <param name="kubeConfigPath">One file; KUBECONFIG's files or <c>~/.kube/config</c> when missing.</param>
    /// <param name="context">A context; the files' current one when missing.</param>
    /// <returns>The configuration.</returns>
    /// <exception cref="KubeConfigException">A file cannot be used; the message names it and the field.</exception>
    public static KubernetesClientConfiguration BuildConfigFromConfigFile(string? kubeConfigPath = null, string? context = null) =>
        KubeConfigFiles.Load(KubeConfigFiles.Find(kubeConfigPath)).Select(context);

    /// <summary>Whether this process runs in a pod with a service account.</summary>
    /// <returns>It does.</returns>
    public static bool IsInCluster() => InClusterFiles.Exist(InClusterFiles.Directory);

    /// <summary>The configuration of a pod: its service account's token (read again as the kubelet renews it), the cluster's authority.</summary>
    /// <returns>The configuration.</returns>
    /// <exception cref="KubeConfigException">This is not a pod, or it has no service account.</exception>
    public static KubernetesClientConfiguration InClusterConfig() => InClusterFiles.Load(InClusterFiles.Directory);

    /// <summary>Without what is secret.</summary>
    /// <returns>The server and the context.</returns>
    public override string ToString() => CurrentContext is null ? Host.ToString() : $"{Host} ({CurrentContext})";
}
