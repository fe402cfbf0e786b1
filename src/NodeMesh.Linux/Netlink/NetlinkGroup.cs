namespace NodeMesh.Linux.Netlink;

/// <summary>What a network namespace tells of when it changes.</summary>
public enum NetlinkGroup
{
    /// <summary>Its devices: made, removed, renamed, up or down (<c>RTNLGRP_LINK</c>).</summary>
    Links,

    /// <summary>Its rules in nf_tables, those of the <c>iptables</c> that stands on it included (<c>NFNLGRP_NFTABLES</c>). The older <c>iptables-legacy</c> tells nobody.</summary>
    Rules,
}
