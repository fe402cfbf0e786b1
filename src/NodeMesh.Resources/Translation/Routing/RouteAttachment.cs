using NodeMesh.Model;
using NodeMesh.Model.Routing;

namespace NodeMesh.Resources.Translation.Routing;

/// <summary>A service that a Gateway API route is attached to.</summary>
/// <param name="Service">The service.</param>
/// <param name="Scope">Which clients and which port.</param>
internal sealed record RouteAttachment(Service Service, RouteScope Scope);
