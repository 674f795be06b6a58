using Tandem.Schema;

namespace Tandem.Web.Forms;

/// <summary>What people call a field on a page: a reference is called after what it points to, not after its number.</summary>
internal static class FieldLabels
{
    private static readonly string[] s_numbers = [" id", " ID", " no", " code"];

    public static string Of(TableSchema schema, Field field)
    {
        if (schema.ReferenceOf(field.Name) is not null)
        {
            foreach (var number in s_numbers)
            {
                if (field.Label.Length > number.Length && field.Label.EndsWith(number, StringComparison.Ordinal))
                {
                    return field.Label[..^number.Length];
                }
            }
        }

        return field.Label;
    }
}
