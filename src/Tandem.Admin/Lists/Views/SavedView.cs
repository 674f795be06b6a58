using Tandem.Records;
using Tandem.Schema;
using Tandem.Web.Addresses;

namespace Tandem.Admin.Lists.Views;

/// <summary>A list as somebody keeps it.</summary>
/// <param name="Id">Its key in the views table.</param>
/// <param name="Name">What people call it.</param>
/// <param name="Owner">Who made it.</param>
/// <param name="Audience">Who sees it: <c>mine</c>, <c>role</c>, <c>everyone</c>.</param>
/// <param name="Role">The role that sees it.</param>
/// <param name="IsDefault">Whether the table opens with it.</param>
/// <param name="Query">The part of the address from the question mark on.</param>
internal sealed record SavedView(string Id, string Name, string Owner, string Audience, string? Role, bool IsDefault, string Query)
{
    public const string ColumnsAudience = "columns";

    public static SavedView Of(Record record) => new(
        (string)record["id"]!, (string)record["name"]!, (string)record["owner"]!, (string)record["audience"]!,
        (string?)record["role"], record["is_default"] is true, (string)record["query"]!);

    public string Url(TableSchema schema) => Links.Table(schema.Name) + Query + (Query.Length == 0 ? "?" : "&") + "view=" + Uri.EscapeDataString(Id);
}
