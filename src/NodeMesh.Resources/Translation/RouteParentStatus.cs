using System.Collections.Immutable;
using NodeMesh.Resources.Kinds.GatewayApi;
using NodeMesh.Resources.Translation.Routing;

namespace NodeMesh.Resources.Translation;

/// <summary>What became of a Gateway API route for one of its parents that is the mesh's: a Service or a ServiceEntry.</summary>
/// <param name="Parent">The parent, as the route names it.</param>
/// <param name="Conditions">The conditions.</param>
public sealed record RouteParentStatus(ParentReference Parent, ImmutableArray<RouteCondition> Conditions)
{
    /// <summary>Says whether a parent is one of the mesh's.</summary>
    /// <param name="parent">The parent.</param>
    /// <returns>True for a Service and a ServiceEntry.</returns>
    public static bool IsOfMesh(ParentReference parent) => ParentJudge.IsMesh(parent);

    /// <summary>The condition of a type.</summary>
    /// <param name="type">The type.</param>
    /// <returns>The condition; null when there is none.</returns>
    public RouteCondition? Find(string type) => Conditions.FirstOrDefault(c => c.Type == type);
}
