namespace NodeMesh.Kubernetes.Configuration;

/// <summary>What the kubelet puts into a pod.</summary>
internal static class InClusterFiles
{
    public const string Directory = "/var/run/secrets/kubernetes.io/serviceaccount";
    private const string HostVariable = "KUBERNETES_SERVICE_HOST";
    private const string PortVariable = "KUBERNETES_SERVICE_PORT";

    public static bool Exist(string directory) =>
        !string.IsNullOrEmpty(Environment.GetEnvironmentVariable(HostVariable)) && File.Exists(Path.Combine(directory, "token"));

    public static KubernetesClientConfiguration Load(string directory) =>
        Load(directory, Environment.GetEnvironmentVariable(HostVariable), Environment.GetEnvironmentVariable(PortVariable));

    public static KubernetesClientConfiguration Load(string directory, string? host, string? port)
    {
        if (string.IsNullOrEmpty(host) || string.IsNullOrEmpty(port))
        {
            throw new KubeConfigException($"{HostVariable} and {PortVariable} are not set: this process does not run in a pod; give a kubeconfig");
        }

        if (!ushort.TryParse(port, System.Globalization.CultureInfo.InvariantCulture, out var number) || Uri.CheckHostName(host.Trim('[', ']')) == UriHostNameType.Unknown)
        {
            throw new KubeConfigException($"{HostVariable} or {PortVariable} ({host}, {port}) is not a host and a port");
        }

        var token = Path.Combine(directory, "token");
        if (!File.Exists(token))
        {
            throw new KubeConfigException($"{token}: is missing: the pod has no service-account token; set automountServiceAccountToken: true");
        }

        var space = Path.Combine(directory, "namespace");
        return new KubernetesClientConfiguration
        {
            // An IPv6 address needs its brackets in a URL.
            Host = new UriBuilder(Uri.UriSchemeHttps, host.Contains(':', StringComparison.Ordinal) ? $"[{host.Trim('[', ']')}]" : host, number).Uri,
            CertificateAuthority = PemSource.FromFile(Path.Combine(directory, "ca.crt")),
            TokenFile = token,
            Namespace = File.Exists(space) ? File.ReadAllText(space).Trim() : "default",
        };
    }
}
