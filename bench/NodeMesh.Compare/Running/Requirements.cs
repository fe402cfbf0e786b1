namespace NodeMesh.Compare.Running;

/// <summary>What a run needs of the machine.</summary>
internal static class Requirements
{
    private static readonly string[] Programs = ["ip", "nsenter", "curl", "wrk", "h2load", "iperf3", "haproxy", "nginx", "openssl", "stat"];

    private const string StreamModule = "/usr/lib/nginx/modules/ngx_stream_module.so";

    /// <exception cref="CompareException">Something is missing; the message says all of it.</exception>
    public static void Check(CompareOptions options)
    {
        var missing = Programs.Where(program => !IsOnPath(program)).ToList();
        if (!File.Exists(StreamModule))
        {
            missing.Add(StreamModule);
        }

        if (missing.Count > 0)
        {
            throw new CompareException($"missing: {string.Join(", ", missing)}; install them with scripts/install-deps bench");
        }

        if (!Environment.IsPrivilegedProcess)
        {
            throw new CompareException("run as root: network namespaces are made");
        }

        if (options.Rows.Any(Rows.RowNames.IsMesh) && !File.Exists(options.NodeMesh))
        {
            throw new CompareException($"{options.NodeMesh} is missing: run make build, or name another by --nodemesh");
        }
    }

    private static bool IsOnPath(string program) =>
        $"{Environment.GetEnvironmentVariable("PATH")}:/usr/sbin:/sbin".Split(':').Any(directory => File.Exists(Path.Combine(directory, program)));
}
