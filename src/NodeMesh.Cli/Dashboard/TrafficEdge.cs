namespace NodeMesh.Cli.Dashboard;

/// <summary>Who talks to whom: counters since the proxies' start, from which the page makes rates.</summary>
internal sealed record TrafficEdge
{
    /// <summary>The client, <c>namespace/workload</c>.</summary>
    public required string Source { get; init; }

    /// <summary>The server: the service, or the workload where there is no service.</summary>
    public required string Destination { get; init; }

    /// <summary>Whether the last connections were mutual TLS, inside the node, or plain.</summary>
    public string Security { get; set; } = "";

    /// <summary>Connections opened.</summary>
    public double Connections { get; set; }

    /// <summary>Connections that failed or were refused.</summary>
    public double FailedConnections { get; set; }

    /// <summary>Requests.</summary>
    public double Requests { get; set; }

    /// <summary>Requests with status 5xx or without an answer, and gRPC calls with an error.</summary>
    public double FailedRequests { get; set; }

    /// <summary>Milliseconds that requests took, together.</summary>
    public double RequestMilliseconds { get; set; }

    /// <summary>Bytes, both ways.</summary>
    public double Bytes { get; set; }

    /// <summary>Puts samples of all proxies together.</summary>
    /// <param name="samples">The samples.</param>
    public static IReadOnlyList<TrafficEdge> Of(IEnumerable<MetricSample> samples)
    {
        var edges = new SortedDictionary<(string, string), TrafficEdge>();
        foreach (var sample in samples.Where(s => s["reporter"] == "source"))
        {
            var key = (End(sample["source_workload_namespace"], sample["source_workload"]), Server(sample));
            if (!edges.TryGetValue(key, out var edge))
            {
                edges[key] = edge = new TrafficEdge { Source = key.Item1, Destination = key.Item2 };
            }

            edge.Add(sample);
        }

        return [.. edges.Values];
    }

    private void Add(MetricSample sample)
    {
        switch (sample.Name)
        {
            case "istio_tcp_connections_opened_total":
                Connections += sample.Value;
                Security = sample["connection_security_policy"] is "unknown" or "" ? "plaintext" : sample["connection_security_policy"];
                break;
            case "istio_tcp_connections_failed_total":
                FailedConnections += sample.Value;
                break;
            case "istio_tcp_sent_bytes_total" or "istio_tcp_received_bytes_total":
                Bytes += sample.Value;
                break;
            case "istio_requests_total":
                Requests += sample.Value;
                FailedRequests += sample["response_code"] is "0" or ['5', ..] || sample["grpc_response_status"] is not ("" or "0") ? sample.Value : 0;
                break;
            case "istio_request_duration_milliseconds_sum":
                RequestMilliseconds += sample.Value;
                break;
        }
    }

    private static string Server(MetricSample sample) => sample["destination_service"] is { Length: > 0 } service and not "unknown"
        ? service
        : End(sample["destination_workload_namespace"], sample["destination_workload"]);

    private static string End(string ns, string workload) => workload is "" or "unknown" ? "outside the mesh" : $"{ns}/{workload}";
}
