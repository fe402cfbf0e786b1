using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using NodeMesh.Local.Cluster;
using NodeMesh.Resources.Kinds;

namespace NodeMesh.Local.Pods;

/// <summary>A pod: what it is to be, where it is, and how it goes. Its <see cref="PodRunner"/> writes, anyone reads.</summary>
/// <param name="resource">The pod, with UID, labels, owner and node filled in.</param>
/// <param name="node">Its node.</param>
/// <param name="v4">Its IPv4 address.</param>
/// <param name="v6">Its IPv6 address.</param>
/// <param name="host">The number that its addresses were made of.</param>
internal sealed class Pod(PodResource resource, ClusterNode node, IPAddress v4, IPAddress v6, int host)
{
    /// <summary>The label that tells templates apart, as Kubernetes' own.</summary>
    public const string TemplateHashLabel = "pod-template-hash";

    private readonly Lock _gate = new();
    private readonly Dictionary<string, ContainerStatus> _containers = [];
    private readonly Dictionary<string, string> _probeProblems = [];
    private PodResource _resource = resource;
    private string _phase = "Pending";
    private string? _reason;
    private string? _message;
    private DateTimeOffset? _started;
    private DateTimeOffset? _deleted;
    private DateTimeOffset? _readySince;
    private bool _networkReady;

    /// <summary>What the pod is to be.</summary>
    public PodResource Resource => Volatile.Read(ref _resource);

    /// <summary>Its UID.</summary>
    public string Uid { get; } = resource.Metadata.Uid!;

    /// <summary>Its name.</summary>
    public string Name { get; } = resource.Metadata.Name;

    /// <summary>Its namespace.</summary>
    public string Namespace { get; } = resource.Metadata.Namespace!;

    /// <summary>Its node.</summary>
    public ClusterNode Node => node;

    /// <summary>Its IPv4 address.</summary>
    public IPAddress V4 => v4;

    /// <summary>Its IPv6 address.</summary>
    public IPAddress V6 => v6;

    /// <summary>The number that its addresses were made of.</summary>
    public int Host => host;

    /// <summary>The controller that it belongs to; null for a pod of its own.</summary>
    public OwnerReference? Owner { get; } = resource.Metadata.OwnerReferences.FirstOrDefault(o => o.Controller == true);

    /// <summary>Tells the templates of its controller apart.</summary>
    public string TemplateHash { get; } = resource.Metadata.Labels.GetValueOrDefault(TemplateHashLabel)
        ?? resource.Metadata.Labels.GetValueOrDefault("controller-revision-hash") ?? "";

    /// <summary>Called after a change, outside of any lock.</summary>
    public Action? Changed { get; set; }

    /// <summary>True once its deletion began.</summary>
    public bool IsTerminating
    {
        get
        {
            lock (_gate)
            {
                return _deleted is not null;
            }
        }
    }

    /// <summary>True while its namespace and link are in place.</summary>
    public bool HasNetwork
    {
        get
        {
            lock (_gate)
            {
                return _networkReady;
            }
        }
    }

    /// <summary>True when it takes traffic.</summary>
    public bool IsReady
    {
        get
        {
            lock (_gate)
            {
                return Ready();
            }
        }
    }

    /// <summary>Why it does not go on; null when nothing is known to be wrong.</summary>
    public string? Problem
    {
        get
        {
            lock (_gate)
            {
                var waiting = _containers.Values.Select(c => c.State?.Waiting).FirstOrDefault(w => w?.Message is not null);
                return _message is not null ? $"{_reason}: {_message}" : waiting is not null ? $"{waiting.Reason}: {waiting.Message}" : _probeProblems.Values.FirstOrDefault();
            }
        }
    }

    /// <summary>Takes over labels and annotations.</summary>
    /// <param name="labels">The labels.</param>
    /// <param name="annotations">The annotations.</param>
    public void Relabel(ImmutableDictionary<string, string> labels, ImmutableDictionary<string, string> annotations)
    {
        var old = Resource;
        Volatile.Write(ref _resource, old with { Metadata = old.Metadata with { Labels = labels, Annotations = annotations } });
        Changed?.Invoke();
    }

    /// <summary>Says how the pod goes as a whole.</summary>
    /// <param name="phase">The phase.</param>
    /// <param name="reason">One word why; null when all is well.</param>
    /// <param name="message">A sentence why; null when all is well.</param>
    public void SetPhase(string phase, string? reason = null, string? message = null) => Update(() => (_phase, _reason, _message) = (phase, reason, message));

    /// <summary>Says that namespace and link are in place.</summary>
    /// <param name="at">Since when.</param>
    public void SetNetworkReady(DateTimeOffset at) => Update(() => (_networkReady, _started) = (true, at));

    /// <summary>Says that its deletion began.</summary>
    /// <param name="at">Since when.</param>
    public void SetTerminating(DateTimeOffset at) => Update(() => _deleted ??= at);

    /// <summary>Says how a container goes.</summary>
    /// <param name="status">Its status.</param>
    public void SetContainer(ContainerStatus status) => Update(() => _containers[status.Name] = status);

    /// <summary>Says what a container's readiness probe finds.</summary>
    /// <param name="container">The container.</param>
    /// <param name="problem">What is wrong; null when it passes.</param>
    public void SetProbeProblem(string container, string? problem)
    {
        lock (_gate)
        {
            if (problem is null)
            {
                _probeProblems.Remove(container);
            }
            else
            {
                _probeProblems[container] = problem;
            }
        }
    }

    /// <summary>How a container goes.</summary>
    /// <param name="name">The container.</param>
    public ContainerStatus? Container(string name)
    {
        lock (_gate)
        {
            return _containers.GetValueOrDefault(name);
        }
    }

    /// <summary>The pod with its status, as the control plane and <c>get</c> read it.</summary>
    public PodResource Snapshot()
    {
        lock (_gate)
        {
            var ready = Ready();
            var condition = ready ? "True" : "False";
            var current = Resource;
            return current with
            {
                Metadata = current.Metadata with { DeletionTimestamp = _deleted },
                Status = new PodStatus
                {
                    Phase = _phase,
                    Reason = _reason,
                    Message = _message,
                    PodIP = _networkReady ? v4.ToString() : null,
                    PodIPs = _networkReady ? [new PodIP { Ip = v4.ToString() }, new PodIP { Ip = v6.ToString() }] : [],
                    HostIP = node.Addresses[0].ToString(),
                    HostIPs = [.. node.Addresses.Select(a => new HostIP { Ip = a.ToString() })],
                    StartTime = _started,
                    Conditions =
                    [
                        new Condition { Type = "PodScheduled", Status = "True" },
                        new Condition { Type = "ContainersReady", Status = condition, LastTransitionTime = _readySince },
                        new Condition { Type = "Ready", Status = condition, LastTransitionTime = _readySince },
                    ],
                    ContainerStatuses = [.. current.Spec.Containers.Select(c => StatusOf(c.Name, c.Image))],
                    InitContainerStatuses = [.. current.Spec.InitContainers.Select(c => StatusOf(c.Name, c.Image))],
                },
            };
        }
    }

    /// <summary>Namespace and name.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Namespace}/{Name}");

    private ContainerStatus StatusOf(string name, string? image) => _containers.GetValueOrDefault(name)
        ?? new ContainerStatus
        {
            Name = name,
            Image = image,
            Ready = false,
            RestartCount = 0,
            State = new ContainerState { Waiting = new ContainerStateWaiting { Reason = _reason ?? "PodInitializing", Message = _message } },
        };

    private bool Ready() =>
        _deleted is null && _phase == "Running" && Resource.Spec.Containers.All(c => _containers.GetValueOrDefault(c.Name) is { Ready: true });

    private void Update(Action change)
    {
        lock (_gate)
        {
            var before = Ready();
            change();
            if (Ready() != before)
            {
                _readySince = TimeProvider.System.GetUtcNow();
            }
        }

        Changed?.Invoke();
    }
}
