namespace NodeMesh.Model.Routing;

/// <summary>Which of two matches goes first that are equally specific: that of the older route, then of the route whose <c>namespace/name</c> sorts first, then the one written first.</summary>
/// <param name="Created">When the route was created; where nobody knows, it counts as the newest.</param>
/// <param name="Route">The route.</param>
/// <param name="Rule">The number of the rule in the route.</param>
public readonly record struct RouteOrder(DateTimeOffset? Created, NamespacedName Route, int Rule)
{
    /// <summary>Compares.</summary>
    /// <param name="x">One.</param>
    /// <param name="y">Another.</param>
    /// <returns>Negative when the first goes before.</returns>
    public static int Compare(RouteOrder x, RouteOrder y)
    {
        var byAge = (x.Created ?? DateTimeOffset.MaxValue).CompareTo(y.Created ?? DateTimeOffset.MaxValue);
        if (byAge != 0)
        {
            return byAge;
        }

        var byName = string.CompareOrdinal(x.Route.ToString(), y.Route.ToString());
        return byName != 0 ? byName : x.Rule.CompareTo(y.Rule);
    }
}
