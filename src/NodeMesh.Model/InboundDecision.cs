using System.Net;

namespace NodeMesh.Model;

/// <summary>What is to be done with a CONNECT request.</summary>
/// <param name="Status">The HTTP status: 200 when authorisation and the connect may go ahead; 503 when the pod's workload may just not be known yet (see <see cref="Retry"/>).</param>
/// <param name="Reason">One line of detail for a refusal; else empty.</param>
/// <param name="Destination">The pod's address and its real port; null for refusals.</param>
/// <param name="Workload">The workload; null for refusals.</param>
/// <param name="Service">The service that the authority named; null when it named an address.</param>
/// <param name="Retry">True when a newer model may decide otherwise.</param>
public sealed record InboundDecision(int Status, string Reason, IPEndPoint? Destination, Workload? Workload, Service? Service, bool Retry);
