using System.Net;
using NodeMesh.Local.Cluster;
using NodeMesh.Local.Pods;
using NodeMesh.Local.Probes;
using NodeMesh.Resources.Kinds;

namespace NodeMesh.Local.Tests.Probes;

public sealed class ProbeLoopTests
{
    private static readonly Container Main = new() { Name = "main" };

    [Fact]
    public async Task Run_FailuresBelowTheThreshold_AreNoVerdict()
    {
        var verdicts = await RunAsync(new Probe { PeriodSeconds = 10, FailureThreshold = 3 }, eager: false, [null, "a", "b", null, "c", "d", "e"], count: 3);

        Assert.Equal([null, null, "e"], verdicts);
    }

    [Fact]
    public async Task Run_SuccessesBelowTheThreshold_AreNoVerdict()
    {
        var verdicts = await RunAsync(new Probe { PeriodSeconds = 1, SuccessThreshold = 2, FailureThreshold = 1 }, eager: false, ["a", null, "b", null, null], count: 3);

        Assert.Equal(["a", "b", null], verdicts);
    }

    [Fact]
    public async Task Run_EagerUntilTheFirstSuccess_CountsTimeAndNotRepetitions()
    {
        var answers = Enumerable.Repeat<string?>("not yet", 50).Append(null).ToArray();

        var verdicts = await RunAsync(new Probe { PeriodSeconds = 10, FailureThreshold = 3 }, eager: true, answers, count: 1);

        Assert.Equal([null], verdicts);
    }

    private static async Task<List<string?>> RunAsync(Probe probe, bool eager, string?[] answers, int count)
    {
        var time = new Testing.ManualTimeProvider();
        var verdicts = new List<string?>();
        var loop = new ProbeLoop(new ScriptedProber(answers), time);
        var running = loop.RunAsync(Pod(), Main, probe, eager, problem =>
        {
            verdicts.Add(problem);
            return verdicts.Count < count;
        }, TestContext.Current.CancellationToken);
        for (var i = 0; i < 1000 && !running.IsCompleted; i++)
        {
            time.Advance(TimeSpan.FromMilliseconds(250));
            await Task.Yield();
        }

        await running.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        return verdicts;
    }

    private static Pod Pod()
    {
        var resource = new PodResource { Metadata = new ObjectMeta { Name = "p", Namespace = "n", Uid = "u" }, Spec = new PodSpec { Containers = [Main] } };
        return new Pod(resource, ClusterNode.Create(1, []), IPAddress.Loopback, IPAddress.IPv6Loopback, 2);
    }

    private sealed class ScriptedProber(IEnumerable<string?> answers) : IProber
    {
        private readonly Queue<string?> _answers = new(answers);

        public Task<string?> ProbeAsync(Pod pod, Container container, Probe probe, CancellationToken cancellationToken) => Task.FromResult(_answers.Dequeue());
    }
}
