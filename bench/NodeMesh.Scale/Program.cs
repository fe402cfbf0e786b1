using NodeMesh.Kubernetes;
using NodeMesh.Kubernetes.Configuration;
using NodeMesh.Scale;

if (args is ["--help" or "-h"])
{
    Console.WriteLine(ScaleOptions.Usage);
    return 0;
}

try
{
    var options = ScaleOptions.Parse(args);
    using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(options.Minutes));
    var kubeconfig = Environment.GetEnvironmentVariable("KUBECONFIG") ?? throw new ArgumentException("KUBECONFIG is not set: make bench-scale brings a cluster up");
    using var client = new KubernetesClient(KubernetesClientConfiguration.BuildDefaultConfig(kubeconfig, null), new KubernetesClientOptions { UserAgent = "nodemesh-scale" });
    var cluster = new SimulatedCluster(client, options.PodsPerNode);
    await cluster.PrepareAsync(patience.Token);
    await using var control = new ControlProcess(options.Control, kubeconfig);
    await control.WaitAsync(patience.Token);
    await new ScaleRun(options, cluster, control, Console.Out, Console.Error).RunAsync(patience.Token);
    return 0;
}
catch (OperationCanceledException)
{
    Console.Error.WriteLine("error: not done in time; --minutes gives it longer, --nodes, --pods and --changes less to do");
    return 1;
}
catch (Exception e) when (e is ArgumentException or KubernetesException or KubernetesConnectionException or TimeoutException)
{
    Console.Error.WriteLine($"error: {e.Message}");
    return 1;
}
