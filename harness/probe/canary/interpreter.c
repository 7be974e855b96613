// SPDX-License-Identifier: Apache-2.0
//
// A module that makes the interpreter itself read freed memory. It is compiled without any
// instrumentation, so a report of it proves that the interpreter's own code is instrumented.

#include <Python.h>

static PyObject* size_of_freed(PyObject* module, PyObject* nothing) {
  (void)module;
  (void)nothing;
  // Larger than any free list or small-object arena would keep.
  PyObject* list = Py_BuildValue("[N]", PyBytes_FromStringAndSize(NULL, 5000));
  if (list == NULL) {
    return NULL;
  }
  PyObject* volatile borrowed = PyList_GetItem(list, 0);
  Py_DECREF(list);
  return PyLong_FromSsize_t(PyBytes_Size(borrowed));
}

static PyMethodDef k_methods[] = {
    {"size_of_freed", size_of_freed, METH_NOARGS, NULL},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef k_module = {
    PyModuleDef_HEAD_INIT, "extproof_interpreter_canary", NULL, -1, k_methods, NULL, NULL, NULL,
    NULL};

PyMODINIT_FUNC PyInit_extproof_interpreter_canary(void) {
  return PyModule_Create(&k_module);
}
