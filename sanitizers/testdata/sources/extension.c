// SPDX-License-Identifier: Apache-2.0
//
// A Python extension with one mistake per function. See ../README.md.

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <limits.h>

static volatile int zero = 0;

static PyObject* overflow(PyObject* self, PyObject* args) {
  (void)self;
  (void)args;
  int* row = PyMem_Malloc(40);
  if (row == NULL) return PyErr_NoMemory();
  int* volatile hidden = row;
  hidden[10 + zero] = 1;
  PyMem_Free(hidden);
  Py_RETURN_NONE;
}

static PyObject* stale_bytes(PyObject* self, PyObject* args) {
  (void)self;
  (void)args;
  PyObject* bytes = PyBytes_FromStringAndSize(NULL, 600);
  if (bytes == NULL) return NULL;
  char* volatile text = PyBytes_AS_STRING(bytes);
  text[0] = 'x';
  Py_DECREF(bytes);
  return PyLong_FromLong(text[0]);
}

static PyObject* lose_bytes(PyObject* self, PyObject* args) {
  (void)self;
  (void)args;
  PyObject* volatile bytes = PyBytes_FromStringAndSize(NULL, 700);
  if (bytes == NULL) return NULL;
  bytes = NULL;
  Py_RETURN_NONE;
}

static PyObject* crash(PyObject* self, PyObject* args) {
  (void)self;
  (void)args;
  int* volatile nothing = NULL;
  return PyLong_FromLong(nothing[2]);
}

static PyObject* wrap(PyObject* self, PyObject* args) {
  (void)self;
  (void)args;
  volatile int big = INT_MAX;
  return PyLong_FromLong(big * 3);
}

static PyObject* shift(PyObject* self, PyObject* args) {
  (void)self;
  int amount = 0;
  if (!PyArg_ParseTuple(args, "i", &amount)) return NULL;
  return PyLong_FromLong(1 << amount);
}

static PyMethodDef methods[] = {
    {"overflow", overflow, METH_NOARGS, NULL},     {"stale_bytes", stale_bytes, METH_NOARGS, NULL},
    {"lose_bytes", lose_bytes, METH_NOARGS, NULL}, {"crash", crash, METH_NOARGS, NULL},
    {"wrap", wrap, METH_NOARGS, NULL},             {"shift", shift, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, "extension", NULL, -1, methods,
                                    NULL, NULL, NULL, NULL};

PyMODINIT_FUNC PyInit_extension(void) { return PyModule_Create(&module); }
