using NodeMesh.Proxy.Http.Pipeline;
using NodeMesh.Proxy.State;

namespace NodeMesh.Proxy.Tap;

/// <summary>Something that a tap shows: a connection that opened or ended, or a request that is over.</summary>
/// <param name="Connection">The connection; null for a request.</param>
/// <param name="Request">The request; null for a connection.</param>
/// <param name="Opened">True for a connection that opened.</param>
internal readonly record struct TapEvent(ConnectionRecord? Connection, RequestRecord? Request, bool Opened);
