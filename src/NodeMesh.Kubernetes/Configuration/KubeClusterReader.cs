namespace NodeMesh.Kubernetes.Configuration;

/// <summary>A kubeconfig's cluster.</summary>
internal static class KubeClusterReader
{
    public static KubernetesClientConfiguration Read(ConfigNode cluster)
    {
        var server = cluster.RequireText("server");
        if (!Uri.TryCreate(server.Contains("://", StringComparison.Ordinal) ? server : "http://" + server, UriKind.Absolute, out var host)
            || (host.Scheme != Uri.UriSchemeHttps && host.Scheme != Uri.UriSchemeHttp))
        {
            throw cluster.Error("server", $"\"{server}\" is not an http or https URL");
        }

        var skip = cluster.Flag("insecure-skip-tls-verify");
        var authority = cluster.Pem("certificate-authority");
        if (skip && authority is not null)
        {
            throw cluster.Error("insecure-skip-tls-verify", "cannot be true while a certificate-authority is given: remove one of them");
        }

        if (authority is not null)
        {
            Check(cluster, "certificate-authority", authority);
        }

        return new KubernetesClientConfiguration
        {
            Host = host,
            SkipTlsVerify = skip,
            CertificateAuthority = authority,
            TlsServerName = cluster.Text("tls-server-name") is { Length: > 0 } name ? name : null,
            Proxy = ReadProxy(cluster),
            DisableCompression = cluster.Flag("disable-compression"),
        };
    }

    /// <summary>Reads certificates once, so that an error names the field and not only the file.</summary>
    public static void Check(ConfigNode node, string field, PemSource pem)
    {
        try
        {
            pem.ReadCertificates();
        }
        catch (KubeConfigException e)
        {
            throw node.Error(pem.Path is null ? field + "-data" : field, e.Message);
        }
    }

    private static Uri? ReadProxy(ConfigNode cluster)
    {
        if (cluster.Text("proxy-url") is not { Length: > 0 } text)
        {
            return null;
        }

        return Uri.TryCreate(text, UriKind.Absolute, out var proxy) && proxy.Scheme is "http" or "https" or "socks5"
            ? proxy
            : throw cluster.Error("proxy-url", $"\"{text}\" is not an http, https or socks5 URL");
    }
}
