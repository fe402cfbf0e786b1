using System.Collections.Immutable;

namespace NodeMesh.Kubernetes.Configuration;

/// <summary>A kubeconfig's user.</summary>
internal static class KubeUserReader
{
    private const string ExecGroup = "client.authentication.k8s.io";

    public static KubernetesClientConfiguration Read(ConfigNode user, KubernetesClientConfiguration cluster)
    {
        if (user.Map("auth-provider") is not null)
        {
            throw user.Error("auth-provider", "is no longer served by any client since Kubernetes 1.26: use the vendor's exec plugin");
        }

        var certificate = user.Pem("client-certificate");
        var key = user.Pem("client-key");
        if (certificate is null != key is null)
        {
            throw certificate is null ? user.Error("client-certificate", "is missing beside client-key") : user.Error("client-key", "is missing beside client-certificate");
        }

        if (certificate is not null)
        {
            KubeClusterReader.Check(user, "client-certificate", certificate);
        }

        var exec = user.Map("exec");
        if (exec is not null && (user.Text("token") ?? user.Text("tokenFile") ?? user.Text("username")) is not null)
        {
            throw user.Error("exec", "cannot stand beside token, tokenFile or username: remove one of them");
        }

        return cluster with
        {
            ClientCertificate = certificate,
            ClientKey = key,
            AccessToken = user.Text("token"),
            TokenFile = user.FilePath("tokenFile"),
            Username = user.Text("username"),
            Password = user.Text("password"),
            Exec = exec is null ? null : ReadExec(exec),
            Impersonate = ReadImpersonation(user),
        };
    }

    private static Impersonation? ReadImpersonation(ConfigNode user)
    {
        if (user.Text("as") is not { Length: > 0 } name)
        {
            return null;
        }

        var groups = user.Texts("as-groups").ToImmutableArray();
        return groups.Length <= 1
            ? new Impersonation(name) { Group = groups.FirstOrDefault(), Uid = user.Text("as-uid") }
            : throw user.Error("as-groups", $"has {groups.Length} groups, and one at most can be sent: impersonate a user who has them by binding");
    }

    private static ExecConfiguration ReadExec(ConfigNode exec)
    {
        var version = exec.RequireText("apiVersion");
        if (version is not (ExecGroup + "/v1" or ExecGroup + "/v1beta1"))
        {
            throw exec.Error("apiVersion", $"is \"{version}\", and must be {ExecGroup}/v1 or {ExecGroup}/v1beta1: upgrade the plugin");
        }

        var command = exec.RequireText("command");
        if (exec.Text("interactiveMode") is "Always")
        {
            throw exec.Error("interactiveMode", "is Always, and this program lends no plugin its terminal: use IfAvailable or Never");
        }

        return new ExecConfiguration
        {
            ApiVersion = version,
            Command = command.Contains(Path.DirectorySeparatorChar, StringComparison.Ordinal) ? exec.FilePath("command")! : command,
            Arguments = [.. exec.Texts("args")],
            // The last of a name wins, as in a process's environment.
            Environment = exec.Items("env").GroupBy(e => e.RequireText("name")).ToImmutableDictionary(g => g.Key, g => g.Last().Text("value") ?? ""),
            ProvideClusterInfo = exec.Flag("provideClusterInfo"),
            InstallHint = exec.Text("installHint"),
            Origin = $"{exec.File}: {exec.Path}",
        };
    }
}
